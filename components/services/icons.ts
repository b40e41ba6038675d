import {
  ChevronRight as chevronRight,
  ExternalLink as externalLink,
  Play as play,
  RotateCw as rotateCw,
  ScrollText as scrollText,
  Search as search,
  Square as square,
} from "lucide";
import { icon } from "@/components/ui/icon";

export const ChevronRight = icon(chevronRight);
export const ExternalLink = icon(externalLink);
export const Play = icon(play);
export const RotateCw = icon(rotateCw);
export const ScrollText = icon(scrollText);
export const Search = icon(search);
export const Square = icon(square);
