#!/usr/bin/env bash
mkdir -p /workspace/logs /workspace/config /workspace/home/root
