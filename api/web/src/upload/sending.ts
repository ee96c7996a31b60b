// Files under way to the server. One at a time is plenty: the server reads them one after the other.
import { signal } from "@preact/signals";
import { ask, credentials, problemOf, Refused } from "../request";
import type { Preview } from "../contract";
import { type Choices, queryOf } from "./choices";

export interface Sending {
  name: string;
  process: string;
  sent: number;
  size: number;
  upload: string | null; // its id, once the server has all of it
}

export const sending = signal<Sending | null>(null);

/// So much of a file is looked at before it is sent; of a workbook all, for its directory is at its end.
const headBytes = 512 * 1024;
const isArchive = async (file: File): Promise<boolean> => (await file.slice(0, 4).text()) === "PK\u0003\u0004";

export async function previewOf(file: File, choices: Choices, signalled: AbortSignal): Promise<Preview> {
  const query = queryOf(choices);
  const head = file.size <= headBytes || await isArchive(file) ? file : file.slice(0, headBytes);
  query.set("whole", String(head === file));
  return ask<Preview>(`/v1/uploads/preview?${query}`, {
    method: "POST", body: head, headers: { "content-type": "application/octet-stream" }, signal: signalled,
  });
}

/// Sends all of it. Errors: Refused; Error when the line broke (nothing of the file stays then).
export async function send(file: File, process: string, choices: Choices): Promise<string> {
  const query = queryOf(choices);
  query.set("process", process);
  sending.value = { name: file.name, process, sent: 0, size: file.size, upload: null };
  try {
    const upload = await new Promise<string>((done, failed) => {
      const request = new XMLHttpRequest();
      request.open("POST", `/v1/uploads?${query}`);
      request.setRequestHeader("content-type", "application/octet-stream");
      for (const [name, value] of Object.entries(credentials())) request.setRequestHeader(name, value);
      request.upload.onprogress = (event) => {
        if (sending.value) sending.value = { ...sending.value, sent: event.loaded };
      };
      request.onload = () => {
        if (request.status === 202) done((JSON.parse(request.responseText) as { upload: string }).upload);
        else failed(new Refused(problemOf(request.status, request.responseText)));
      };
      request.onerror = () => failed(new Error("the connection was lost"));
      request.send(file);
    });
    sending.value = { name: file.name, process, sent: file.size, size: file.size, upload };
    return upload;
  } catch (fault) {
    sending.value = null;
    throw fault;
  }
}
