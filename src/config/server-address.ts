import { z } from 'zod';

/** `model.host`. Two readers of addresses see two hosts where these signs are in it (`http://other.example?x.localhost`). */
export const serverAddress = z.string().refine((text) => !/[?#\\@%\s\p{Cc}]/u.test(text.trim()), {
  error: ({ input }) =>
    `${JSON.stringify(input)} is not the address of a server; write it as host:port or http://host:port`,
});
