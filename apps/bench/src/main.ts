// npm run bench: what a request costs with the guard in front of it, beside bare node:http and beside others that do the same job.
export {};
