"""Projects, their parts, their files and views of their list by the API."""

from ninja import Router

from backcast.web.projects.api.files import router as files
from backcast.web.projects.api.keeping import router as keeping
from backcast.web.projects.api.library import router as library
from backcast.web.projects.api.network import router as network
from backcast.web.projects.api.parts import router as parts

router = Router(tags=["projects"])
for each in (library, network, files, keeping, parts):
    router.add_router("", each)

__all__ = ["router"]
