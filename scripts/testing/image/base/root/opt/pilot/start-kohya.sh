#!/usr/bin/env bash
exec fake-app kohya "${KOHYA_PORT:-6666}"
