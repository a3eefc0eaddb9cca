import { Installed } from "../installed";

export default function Page() {
  return <Installed />;
}
