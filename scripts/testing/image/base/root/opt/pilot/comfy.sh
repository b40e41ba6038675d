#!/usr/bin/env bash
exec fake-app comfy "${COMFY_PORT:-5555}"
