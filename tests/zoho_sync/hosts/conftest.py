from tests.zoho_sync.engine.conftest import (  # noqa: F401  (fixtures of the room next door)
    api_calls,
    organization,
    zoho_server,
)
from tests.zoho_sync.engine.conftest import sandbox as sandbox
