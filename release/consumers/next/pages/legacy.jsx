import { Installed } from "../installed";

export default function Legacy() {
  return <Installed />;
}
