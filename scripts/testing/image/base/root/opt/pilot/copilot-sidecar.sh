#!/usr/bin/env bash
exec fake-app copilot "${COPILOT_SIDECAR_PORT:-7879}"
