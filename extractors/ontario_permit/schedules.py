"""The project as the schedules of Ontario's permit application repeat it, and Schedule 2 on sewage installers.

These fields are read from fillable forms, by the names of their controls. On print, Schedule 2 is not read yet.
"""

from __future__ import annotations

from extractors.forms.fields import FormSpec
from extractors.forms.form import Option, choice, text

PROJECT = (
    "Building number street name",
    "Unit number",
    "Lot/Concession",
    "Municipality",
    "Postal code",
    "Plan number*other description",
)


def _from_control(control: str, title: str) -> FormSpec[str]:
    return text(control=control, title=title)


class SewageInstaller:
    """The fields of Schedule 2, and the project as Schedules 1 and 2 repeat it."""

    schedule_1_project_address = _from_control(
        f"Project {PROJECT[0]} for Designer Information", "Schedule 1 project address"
    )
    schedule_1_project_unit = _from_control(f"Project {PROJECT[1]} for Designer Information", "Schedule 1 project unit")
    schedule_1_project_lot_con = _from_control(
        f"Project {PROJECT[2]} for Designer Information", "Schedule 1 lot/concession"
    )
    schedule_1_project_municipality = _from_control(
        f"Project {PROJECT[3]} for Designer Information", "Schedule 1 project municipality"
    )
    schedule_1_project_postal_code = _from_control(
        f"Project {PROJECT[4]} for Designer Information", "Schedule 1 project postal code"
    )
    schedule_1_project_plan_number = _from_control(
        f"Project {PROJECT[5]} for Designer Information", "Schedule 1 plan number or other description"
    )
    schedule_2_project_address = _from_control(
        f"Project {PROJECT[0]} for Sewage System Installer", "Schedule 2 project address"
    )
    schedule_2_project_unit = _from_control(
        f"Project {PROJECT[1]} for Sewage System Installer", "Schedule 2 project unit"
    )
    schedule_2_project_lot_con = _from_control(
        f"Project {PROJECT[2]} for Sewage System Installer", "Schedule 2 lot/concession"
    )
    schedule_2_project_municipality = _from_control(
        f"Project {PROJECT[3]} for Sewage System Installer", "Schedule 2 project municipality"
    )
    schedule_2_project_postal_code = _from_control(
        f"Project {PROJECT[4]} for Sewage System Installer", "Schedule 2 project postal code"
    )
    schedule_2_project_plan_number = _from_control(
        f"Project {PROJECT[5]} for Sewage System Installer", "Schedule 2 plan number or other description"
    )
    installer_in_business = choice(
        Option("yes", "Yes", "Is the installer of the sewage system engaged*YES*"),
        Option("no", "No", "Is the installer of the sewage system engaged*NO (*"),
        Option("unknown", "Installer unknown at time of application", "Is the installer of the sewage system*unknown*"),
        section="B. Sewage system installer",
        may_be_empty=True,
        title="Whether the sewage system's installer is in the business",
    )
    installer_name = _from_control("Section C - Installer Name", "Sewage installer name")
    installer_bcin = _from_control("Section C - Installer BCIN", "Sewage installer BCIN")
    installer_address = _from_control("Section C - Installer Street address", "Sewage installer street address")
    installer_unit = _from_control("Section C - Installer Unit number", "Sewage installer unit number")
    installer_lot_con = _from_control("Section C - Installer Lot/Concession", "Sewage installer lot/concession")
    installer_municipality = _from_control("Section C - Installer Municipality", "Sewage installer municipality")
    installer_postal_code = _from_control("Section C - Installer Postal code", "Sewage installer postal code")
    installer_province = _from_control("Section C - Installer Province", "Sewage installer province")
    installer_email = _from_control("Section C - Installer Email", "Sewage installer email")
    installer_phone = _from_control("Section C - Installer Telephone number", "Sewage installer telephone number")
    installer_fax = _from_control("Section C - Installer Fax", "Sewage installer fax")
    installer_cell = _from_control("Section C - Installer Cell number", "Sewage installer cell number")
    supervisor_names = _from_control("Section D - Name of qualified supervisor*", "Qualified sewage supervisors")
    supervisor_bcins = _from_control("Section D - Building Code Identification Number*", "Sewage supervisors' BCINs")
    sewage_declarant = _from_control(
        "Section E: Sewage System Installer Applicant Name", "Name in the sewage declaration"
    )
    sewage_date = _from_control("Date Sewage System Installer Applicant Signed", "Date of the sewage declaration")
