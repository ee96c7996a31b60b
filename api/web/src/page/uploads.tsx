import { Empty } from "./state_of";
export function UploadList() { return <Empty title="soon" />; }
export function UploadDesk(_: { open: boolean; onClose: () => void }) { return null; }
