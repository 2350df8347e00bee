import { useState } from "preact/hooks";

/** Takes a file that is dropped anywhere in the inspector. */
export function useFileDrop(take: (file: File | null | undefined) => void) {
  const [isOver, setOver] = useState(false);
  const isFile = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
  return {
    isOver,
    on: {
      onDragOver: (event: DragEvent) => {
        if (!isFile(event)) return;
        event.preventDefault();
        setOver(true);
      },
      // From one element inside to the next, it is still over; WebKit does not say where to, and tells of the next at once.
      onDragLeave: ({ currentTarget, relatedTarget }: DragEvent) => {
        const isInside =
          currentTarget instanceof Node && relatedTarget instanceof Node && currentTarget.contains(relatedTarget);
        if (!isInside) setOver(false);
      },
      onDrop: (event: DragEvent) => {
        if (!isFile(event)) return;
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer?.files[0]);
      },
    },
  };
}
