"""The expense accounts that the Town of Millbrook Falls books to, in every system of the demo."""

ACCOUNTS = {
    "5910": "Office Supplies",
    "5920": "Repairs and Maintenance",
    "5930": "Utilities",
    "5940": "Professional Services",
    "5950": "Fleet and Fuel",
    "5960": "Uniforms and Clothing",
}
