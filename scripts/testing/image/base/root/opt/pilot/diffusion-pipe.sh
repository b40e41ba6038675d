#!/usr/bin/env bash
exec fake-app diffpipe "${DIFFPIPE_PORT:-4444}"
