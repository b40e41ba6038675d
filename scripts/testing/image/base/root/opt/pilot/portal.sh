#!/usr/bin/env bash
exec python3 /opt/pilot/apps/Portal/app.py
