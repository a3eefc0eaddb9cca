import { whisperr } from "../lib/whisperr";

export function getServerSideProps() {
  whisperr.track("user_8842", "profile_opened");
  return { props: {} };
}

export default function Profile() {
  return <p>Profile</p>;
}
