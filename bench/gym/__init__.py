"""The fault gym: keys records through the screen while town hall, network and machine fail, and judges what is left."""
