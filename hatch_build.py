"""The wheel carries the built style sheet and scripts; an editable install reads them in place."""

import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg] # hatchling leaves it open
    """Puts ``static/dist`` into the wheel as ``dropbox/site/dist``; builds it if it is missing."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Do nothing for an editable install, which ``make setup`` makes before the assets."""
        if version == "editable":
            return
        static = Path(self.root) / "static"
        if not (static / "dist/assets/site.css").is_file():
            for command in (["npm", "ci", "--ignore-scripts"], ["npm", "run", "build"]):
                subprocess.run(command, cwd=static, check=True)
        build_data["force_include"][str(static / "dist")] = "dropbox/site/dist"
