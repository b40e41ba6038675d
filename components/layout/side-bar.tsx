import { ScrollText } from "@/components/services/icons";
import { Brand } from "./brand";
import { Activity, CircleArrowUp, Keyboard, LayoutList, OctagonAlert, Settings } from "./icons";
import { NotifyItem, SignOutItem } from "./live-host";
import { NavCount, UpdateCount } from "./nav-count";
import { OverlayButton } from "./overlay-button";
import { PageLink } from "./page-link";
import { themeIcons } from "./theme-icons";
import { ThemeSwitch } from "./theme-switch";

export function SideBar() {
  return (
    <aside className="side">
      <Brand />
      <nav className="nav" aria-label="Pages">
        <PageLink href="/" className="nav-item">
          <LayoutList strokeWidth={1.75} aria-hidden="true" />
          <span className="nav-label">Services</span>
          <NavCount icon={<OctagonAlert strokeWidth={1.75} aria-hidden="true" />} />
        </PageLink>
        <PageLink href="/logs" className="nav-item">
          <ScrollText strokeWidth={1.75} aria-hidden="true" />
          <span className="nav-label">Logs</span>
        </PageLink>
        <PageLink href="/updates" className="nav-item">
          <CircleArrowUp strokeWidth={1.75} aria-hidden="true" />
          <span className="nav-label">Updates</span>
          <UpdateCount />
        </PageLink>
        <PageLink href="/activity" className="nav-item">
          <Activity strokeWidth={1.75} aria-hidden="true" />
          <span className="nav-label">Activity</span>
        </PageLink>
        <PageLink href="/settings" className="nav-item">
          <Settings strokeWidth={1.75} aria-hidden="true" />
          <span className="nav-label">Settings</span>
        </PageLink>
      </nav>
      <div className="nav">
        <OverlayButton overlay="shortcuts" className="nav-item">
          <Keyboard strokeWidth={1.75} aria-hidden="true" />
          <span className="nav-label">Shortcuts</span>
        </OverlayButton>
        <NotifyItem />
        <SignOutItem />
      </div>
      <div className="mt-auto">
        <ThemeSwitch icons={themeIcons} />
      </div>
    </aside>
  );
}
