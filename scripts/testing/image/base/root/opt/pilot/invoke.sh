#!/usr/bin/env bash
exec fake-app invoke "${INVOKE_PORT:-9090}"
