import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const DEMO = join(import.meta.dirname, "../../demo");
const read = (extension: string): [file: string, text: string][] =>
  readdirSync(DEMO)
    .filter((file) => file.endsWith(extension))
    .map((file) => [file, readFileSync(join(DEMO, file), "utf8")]);

test.each(read(".html"))("%s allows its own scripts and styles, and makes no text into markup", (_, html) => {
  const policy = /http-equiv="Content-Security-Policy"\s+content="([^"]*)"/.exec(html)?.[1]?.split("; ");
  expect(policy).toEqual([
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
  ]);
  expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|https?:\/\//);
});

test.each(read(".ts"))(
  "%s never hands text to a parser of markup, and asks for no storage that is kept",
  (_, source) => {
    expect(source).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|setHTML|parseFromString|document\.write|srcdoc/);
    expect(source).not.toMatch(/storage\.persist|createContextualFragment/);
  },
);

test.each(read(".css"))("%s loads nothing", (_, css) => {
  expect(css).not.toMatch(/url\(|@import/);
});
