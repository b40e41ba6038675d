"use client";

import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { SIGN_IN_PAGE } from "@/lib/client/sign-in";

type FrameProps = { page: ReactNode; children: ReactNode };

/** Around the page stands what only makes sense once one is signed in. */
export function Frame({ page, children }: FrameProps) {
  return usePathname() === SIGN_IN_PAGE ? page : children;
}
