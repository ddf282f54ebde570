"""Everything that a team owns as one file, and back."""

from __future__ import annotations

import tempfile
from typing import IO

from flask import Response, request, send_file
from werkzeug.exceptions import UnsupportedMediaType

from valuecalc.schemas.archive import ImportedSchema, dump_imported
from valuecalc.services import archive, archive_reading
from valuecalc.web.api.blueprint import Blueprint, as_json
from valuecalc.web.identity import actor
from valuecalc.web.limits import takes_files
from valuecalc.web.storage import store

ZIP = "application/zip"
LARGEST_ARCHIVE = 512_000_000
_IN_MEMORY = 4_000_000
_PIECE = 1 << 20

_FILE = {"schema": {"type": "string", "format": "binary"}}

blueprint = Blueprint("archive", __name__, description="A team’s cases as one file, and back")


@blueprint.route("/teams/<uid:team_id>/archive", methods=["GET"])
@blueprint.doc(responses={"200": {"description": "The file", "content": {ZIP: _FILE}}})
def export_team(team_id: str) -> Response:
    """Get everything that a team owns as one zip file.

    Cases with all their versions, comments, shares and proposals, the team's own straw-men,
    its members and its audit log; `manifest.json` in it says how much. Owners only.
    """
    file = _temporary()
    try:
        archive.write_archive(store(), actor(), team_id, file)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return send_file(file, ZIP, as_attachment=True, download_name=f"valuecalc-{team_id}.zip")


@blueprint.route("/teams/<uid:team_id>/archive", methods=["POST"])
@takes_files(LARGEST_ARCHIVE)
@blueprint.doc(requestBody={"required": True, "content": {ZIP: _FILE}})
@blueprint.response(200, ImportedSchema, description="What it has brought")
def import_archive(team_id: str) -> Response:
    """Bring the cases, comments and straw-men of an archive into a team.

    All of it is checked before anything is kept. A case that the team has already, by its id,
    is passed over, so that an import can be repeated. Owners only.
    """
    if request.mimetype != ZIP:
        raise UnsupportedMediaType(f"The body has to be a zip file (Content-Type: {ZIP}).")
    archive_reading.check_rights(store(), actor(), team_id)
    with _temporary() as file:
        while piece := request.stream.read(_PIECE):
            file.write(piece)
        file.seek(0)
        found = archive_reading.read_archive(store(), actor(), team_id, file)
    brought = found.brought
    document = dump_imported(brought.cases, brought.versions, brought.references, found.passed_over)
    return as_json(document)


def _temporary() -> IO[bytes]:
    return tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)
