export { type Inspector, mountInspector } from "./mount-inspector.tsx";
