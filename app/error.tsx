"use client";

/** For what no part of a page has caught. */
export { BrokenPage as default } from "@/components/ui/error-part";
