"""The forms to add a person or a department, and to set a password."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from keywright.console.people.account_admin import valid_name
from keywright.console.shared.labels import group_in_words


class NewPerson(forms.Form):
    """Name, first password, groups and departments of a new person."""

    use_required_attribute = False  # a fault is told by the page itself, in the reader's language
    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        validators=[valid_name],
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    email = forms.EmailField(
        label=_("E-mail address for reminders (optional)"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    password = forms.CharField(
        label=_("First password, at least 10 characters"),
        help_text=_("Give it to the person, who must change it at the first sign-in."),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    groups = forms.MultipleChoiceField(
        label=_("Groups and departments"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, groups: Collection[str], *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        field = self.fields["groups"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(name, group_in_words(name)) for name in groups]

    def clean(self) -> dict[str, Any]:
        """Return the data. Raises ValidationError for a password that is weak or too similar to the name."""
        data = super().clean() or {}
        if "password" in data:
            try:
                validate_password(data["password"], User(username=data.get("username", "")))
            except forms.ValidationError as weak:
                self.add_error("password", weak)
        return data


class NewPassword(forms.Form):
    """A temporary password for a person."""

    use_required_attribute = False
    password = forms.CharField(
        label=_("New password, at least 10 characters"),
        help_text=_("Give it to the person, who must change it at the first sign-in."),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, person: User, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_password(self) -> str:
        """Return the password. Raises ValidationError for a weak one."""
        password = str(self.cleaned_data["password"])
        validate_password(password, self.person)
        return password


class NewDepartment(forms.Form):
    """The name of a department, and the bots whose cases it sees."""

    use_required_attribute = False
    name = forms.CharField(label=_("Name"), max_length=150)
    bots = forms.MultipleChoiceField(label=_("Bots"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, bots: Collection[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        field = self.fields["bots"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = list(bots)
