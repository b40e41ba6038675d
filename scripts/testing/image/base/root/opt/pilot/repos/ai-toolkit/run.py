# AI Toolkit
