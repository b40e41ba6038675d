import {
  Activity as activity,
  CircleArrowUp as circleArrowUp,
  Ellipsis as ellipsis,
  Keyboard as keyboard,
  LayoutList as layoutList,
  MapPinOff as mapPinOff,
  Monitor as monitor,
  Moon as moon,
  OctagonAlert as octagonAlert,
  Settings as settings,
  Sun as sun,
} from "lucide";
import { icon } from "@/components/ui/icon";

export const Activity = icon(activity);
export const CircleArrowUp = icon(circleArrowUp);
export const Ellipsis = icon(ellipsis);
export const Keyboard = icon(keyboard);
export const LayoutList = icon(layoutList);
export const MapPinOff = icon(mapPinOff);
export const Monitor = icon(monitor);
export const Moon = icon(moon);
export const OctagonAlert = icon(octagonAlert);
export const Settings = icon(settings);
export const Sun = icon(sun);
