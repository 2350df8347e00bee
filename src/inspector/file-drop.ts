import { useState } from "preact/hooks";

/** Takes a file that is dropped anywhere in the inspector. */
export function useFileDrop(take: (file: File | null | undefined) => void) {
  // Each element inside tells by itself that one enters and leaves it.
  const [depth, setDepth] = useState(0);
  const isFile = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
  return {
    isOver: depth > 0,
    on: {
      onDragEnter: (event: DragEvent) => {
        if (isFile(event)) setDepth((now) => now + 1);
      },
      onDragLeave: (event: DragEvent) => {
        if (isFile(event)) setDepth((now) => Math.max(0, now - 1));
      },
      onDragOver: (event: DragEvent) => {
        if (isFile(event)) event.preventDefault();
      },
      onDrop: (event: DragEvent) => {
        if (!isFile(event)) return;
        event.preventDefault();
        setDepth(0);
        take(event.dataTransfer?.files[0]);
      },
    },
  };
}
