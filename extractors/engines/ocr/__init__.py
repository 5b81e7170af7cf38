"""Reading pictures: preparing a scan, Tesseract, tick boxes, and the quality of a picture."""
