import * as z from "zod/mini";

const Report = z.object({
  install: z.array(
    z.object({
      metadata: z.object({ name: z.string(), version: z.string() }),
      is_direct: z.boolean(),
      download_info: z.object({
        url: z.string(),
        dir_info: z.optional(z.object({ editable: z.optional(z.boolean()) })),
        vcs_info: z.optional(z.object({ vcs: z.string(), commit_id: z.string() })),
        subdirectory: z.optional(z.string()),
      }),
    }),
  ),
});

export type ReportedInstall = {
  name: string;
  version: string;
  /** Null where it comes from an index by its name. */
  url: string | null;
  isEditable: boolean;
};

/** pip's installation report, format 1. */
export function readReport(text: string): ReportedInstall[] {
  return Report.parse(JSON.parse(text)).install.map(({ metadata, is_direct, download_info }) => ({
    ...metadata,
    url: is_direct ? addressOf(download_info) : null,
    isEditable: download_info.dir_info?.editable ?? false,
  }));
}

/** As a requirement has it, with the exact commit. */
function addressOf(info: z.infer<typeof Report>["install"][number]["download_info"]): string {
  const { url, vcs_info, subdirectory } = info;
  const address = vcs_info ? `${vcs_info.vcs}+${url}@${vcs_info.commit_id}` : url;
  return subdirectory ? `${address}#subdirectory=${subdirectory}` : address;
}
