export const root: string;
export const dist: string;
export const bundle: string;
export const page: string;
export const modules: string;
