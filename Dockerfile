# ControlPilot and the machine that it controls, in one image.
#
# BASE_IMAGE may be an image of the original LoRA Pilot: its portal is replaced, everything else of it stays.
# Each INSTALL_* brings an app along, at the version that stands beside it.
ARG BASE_IMAGE=debian:bookworm-slim

FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY instrumentation.ts next.config.ts postcss.config.mjs tsconfig.json ./
COPY app app
COPY bin bin
COPY components components
COPY lib lib
COPY public public
COPY scripts/apps.json scripts/build.mjs scripts/
COPY scripts/setup/build-stamp.mjs scripts/setup/
RUN npm run build

FROM ${BASE_IMAGE}
USER root
ARG DEBIAN_FRONTEND=noninteractive
# In an address that npm, pip or git is given, a login would stay readable in the image's history.
ARG PIP_INDEX_URL
ARG PIP_EXTRA_INDEX_URL

COPY scripts/install/lib.sh scripts/install/git.sh scripts/install/python.sh scripts/install/base.sh /opt/pilot/install/
RUN /opt/pilot/install/base.sh

# Last on PATH: the services of a base image keep the Node that came with it.
COPY --from=build /usr/local/bin/node /opt/pilot/node/bin/node
COPY --from=build /usr/local/lib/node_modules/npm /opt/pilot/node/lib/node_modules/npm
ENV PATH=${PATH}:/opt/pilot/node/bin
RUN ln -sf ../lib/node_modules/npm/bin/npm-cli.js /opt/pilot/node/bin/npm \
    && ln -sf ../lib/node_modules/npm/bin/npx-cli.js /opt/pilot/node/bin/npx \
    && /opt/pilot/node/bin/node --version

ARG INSTALL_JUPYTER=0
ARG JUPYTERLAB_VERSION=4.6.1
ARG IPYWIDGETS_VERSION=8.1.8
COPY scripts/install/jupyter.sh /opt/pilot/install/
RUN /opt/pilot/install/jupyter.sh

ARG INSTALL_CODE_SERVER=0
ARG CODE_SERVER_VERSION=4.127.0
# Of another place than its makers' releases, and what it must be.
ARG CODE_SERVER_URL
ARG CODE_SERVER_SHA256
COPY scripts/install/code-server.sh /opt/pilot/install/
RUN /opt/pilot/install/code-server.sh

# Shared by the apps below, but for Invoke AI, which names its own. An empty index is pip's own; PyTorch has one for
# each version of CUDA, and one for machines without a GPU.
ARG TORCH_VERSION=2.11.0
ARG TORCHVISION_VERSION=0.26.0
ARG TORCHAUDIO_VERSION=2.11.0
ARG TORCH_INDEX_URL

ARG INSTALL_COMFY=0
ARG COMFY_URL=https://github.com/Comfy-Org/ComfyUI.git
ARG COMFY_REF=v0.27.0
COPY scripts/install/comfy.sh /opt/pilot/install/
RUN /opt/pilot/install/comfy.sh

ARG INSTALL_KOHYA=0
ARG KOHYA_URL=https://github.com/bmaltais/kohya_ss.git
ARG KOHYA_REF=v25.2.1
ARG BITSANDBYTES_VERSION=0.49.2
COPY scripts/install/kohya.sh /opt/pilot/install/
RUN /opt/pilot/install/kohya.sh

ARG INSTALL_DIFFPIPE=0
ARG DIFFPIPE_URL=https://github.com/tdrussell/diffusion-pipe.git
ARG DIFFPIPE_REF=a7e7decf4325c1f03e4b88b7de93640029abd011
ARG TENSORBOARD_VERSION=2.21.0
COPY scripts/install/diffpipe.sh /opt/pilot/install/
RUN /opt/pilot/install/diffpipe.sh

ARG INSTALL_INVOKE=0
ARG INVOKEAI_VERSION=6.13.5
COPY scripts/install/invoke.sh /opt/pilot/install/
RUN /opt/pilot/install/invoke.sh

ARG INSTALL_AI_TOOLKIT=0
ARG AI_TOOLKIT_URL=https://github.com/ostris/ai-toolkit.git
ARG AI_TOOLKIT_REF=6c0d1c4679cf8fe153ef56bdc779c93239e1cf0f
COPY scripts/install/ai-toolkit.sh /opt/pilot/install/
RUN /opt/pilot/install/ai-toolkit.sh

# The portal of the base goes before ours comes: nothing of it may stay between our files.
RUN rm -rf /opt/pilot/apps/Portal
COPY --from=build /src/.next/standalone /opt/pilot/apps/Portal
COPY scripts/install/place.sh scripts/install/mend-config.mjs /opt/pilot/install/
COPY scripts /opt/pilot/staged/scripts
COPY supervisor /opt/pilot/staged/supervisor
RUN /opt/pilot/install/place.sh /opt/pilot/staged && rm -rf /opt/pilot/staged

ENV WORKSPACE_ROOT=/workspace \
    HOME=/workspace/home/root \
    SHELL=/bin/bash \
    LANG=C.UTF-8 \
    TZ=Etc/UTC

# Where a volume lies that root may not enter, a container that begins in it would not start.
WORKDIR /
# ControlPilot, Jupyter Lab, VS Code Server, Comfy UI, Kohya, TensorBoard, Invoke AI, AI Toolkit.
EXPOSE 7878 8888 8443 5555 6666 4444 9090 8675
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 CMD ["/opt/pilot/healthcheck.sh"]
ENTRYPOINT ["/usr/bin/tini", "--"]
CMD ["/opt/pilot/bootstrap.sh", "/usr/bin/supervisord", "-n", "-c", "/etc/supervisor/supervisord.conf"]

ARG VERSION=0.1.0
ARG REVISION=unknown
ARG SOURCE=unknown
LABEL org.opencontainers.image.title="ControlPilot" \
      org.opencontainers.image.description="The control panel of a supervisord-managed machine: see what runs, restart what hangs, read why something died." \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.source="${SOURCE}"
