# shellcheck shell=bash
# The volume that outlives the container. Its owners and modes are the user's: nothing is changed but what is missing.

# UMASK decides who else may use what the services make.
set_umask() {
  umask 022
  [[ ${UMASK:=0022} =~ ^0?[0-7]{3}$ ]] && umask "$UMASK" && return
  problem "UMASK is \"$UMASK\", which is no mask such as 0022 or 0002: 0022 counts at this boot."
}

# takes_bytes DIR: whether a byte can be written there; CAUSE says why not. A full disk still makes empty files.
takes_bytes() {
  local probe="$1/.pilot-write-$$" said
  said=$({ printf x >"$probe" && rm -f -- "$probe"; } 2>&1) && return
  cause_in "$said"
  rm -f -- "$probe" 2>/dev/null
  return 1
}

lay_out_workspace() {
  local said
  said=$(mkdir -p -- "$WORKSPACE_ROOT" 2>&1 && cd -- "$WORKSPACE_ROOT" 2>&1 && mkdir -p -- \
    apps/{codeserver,comfy,diffusion-pipe,invoke,kohya} \
    cache/{code-server,ipython,jupyter,pip,xdg,xdg-data} \
    config/{code-server,jupyter,services,xdg} \
    datasets/{images,ZIPs} \
    home/root logs \
    models/{audio_encoders,checkpoints,clip,clip_vision,configs,controlnet,diffusers,diffusion_models,embeddings} \
    models/{gligen,hypernetworks,latent_upscale_models,loras,model_patches,photomaker,style_models,text_encoders} \
    models/{unet,upscale_models,vae,vae_approx} \
    outputs/{ai-toolkit,comfy,invoke} 2>&1) && return
  cause_in "$said"
  problem "The folders of the workspace $WORKSPACE_ROOT cannot be made ($CAUSE): services that need them will not work."
}

# Small apps of the image that live in the workspace; one that is there is the user's. A copy appears whole or not at all.
copy_bundled_apps() {
  local app name said
  for app in "$PILOT_SCRIPTS"/apps/*/; do
    app=${app%/}
    name=${app##*/}
    if [ ! -d "$app" ] || [ "$name" = Portal ] || [ -e "$WORKSPACE_ROOT/apps/$name" ]; then continue; fi
    said=$(
      cd -- "$WORKSPACE_ROOT/apps" 2>&1 && rm -rf -- ".$name.new" 2>&1 &&
        cp -R -- "$app" ".$name.new" 2>&1 && mv -T -- ".$name.new" "$name" 2>&1
    ) && continue
    cause_in "$said"
    rm -rf -- "$WORKSPACE_ROOT/apps/.$name.new" 2>/dev/null
    problem "$app cannot be copied to $WORKSPACE_ROOT/apps ($CAUSE): the app $name is missing there."
  done
}
