import { ScrollText } from "@/components/services/icons";
import { CircleArrowUp, Ellipsis, LayoutList, OctagonAlert } from "./icons";
import { NavCount, UpdateCount } from "./nav-count";
import { OverlayButton } from "./overlay-button";
import { PageLink } from "./page-link";

/** The bar at the bottom of a narrow screen, in place of the side bar. */
export function TabBar() {
  return (
    <nav className="tab-bar" aria-label="Pages, short">
      <PageLink href="/" className="tab">
        <LayoutList strokeWidth={1.75} aria-hidden="true" />
        Services
        <NavCount icon={<OctagonAlert strokeWidth={1.75} aria-hidden="true" />} />
      </PageLink>
      <PageLink href="/logs" className="tab">
        <ScrollText strokeWidth={1.75} aria-hidden="true" />
        Logs
      </PageLink>
      <PageLink href="/updates" className="tab">
        <CircleArrowUp strokeWidth={1.75} aria-hidden="true" />
        Updates
        <UpdateCount />
      </PageLink>
      <OverlayButton overlay="more" className="tab">
        <Ellipsis strokeWidth={1.75} aria-hidden="true" />
        More
      </OverlayButton>
    </nav>
  );
}
