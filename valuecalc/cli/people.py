"""Commands about accounts and teams, for whoever runs the service."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from valuecalc.cli.output import reported, say
from valuecalc.cli.verbs import operation, operator
from valuecalc.config import Settings


@click.command()
@click.option("--email", required=True, help="To sign in with.")
@click.option("--name", required=True, help="What the person is called.")
@click.option("--team", required=True, help="What the new team is called.")
def create_owner(email: str, name: str, team: str) -> None:
    """Make an account and a team that it owns.

    The password is asked for, or read from the first line of standard input.
    """
    with reported():
        settings = Settings.from_environment()
        operation.prepare(settings)
        operator.create_owner(settings, name, email, ask_password(), team)
    say(f"{email} can sign in now, and owns the team {team}.")


@click.command()
@click.argument("email")
@click.option("--ask", is_flag=True, help="Ask for the new password instead of making a link.")
def reset_password(email: str, ask: bool) -> None:
    """Let somebody who has forgotten the password choose another one.

    Writes a link that works once, within a day. With --ask the password is asked for, or read
    from the first line of standard input. All sessions of the account end.
    """
    with reported():
        settings = Settings.from_environment()
        if ask:
            operator.set_password(settings, email, ask_password())
            say(f"{email} can sign in with the new password.")
            return
        path = operator.reset_path(settings, email)
    say(f"Send this to {email}: {settings.public_url or 'http://127.0.0.1:8000'}{path}")


def ask_password() -> str:
    """A password that is typed twice, unseen, or comes from standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


@click.command("export-team")
@click.argument("team")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export_team(team: str, file: Path) -> None:
    """Write everything that TEAM (its id) owns to FILE, a zip file that people can read."""
    with reported():
        written = operator.export_team(Settings.from_environment(), team, file)
    say(f"Wrote {file}: {written.cases} cases in {written.versions} versions.")


@click.command("import-team")
@click.argument("team")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_team(team: str, file: Path) -> None:
    """Bring the cases, comments and straw-men of an archive into TEAM (its id).

    It can be repeated: what the team has already is passed over.
    """
    with reported():
        found = operator.import_team(Settings.from_environment(), team, file)
    say(
        f"Brought {found.brought.cases} cases in {found.brought.versions} versions; "
        f"{found.passed_over} were there already."
    )


COMMANDS = (create_owner, reset_password, export_team, import_team)
