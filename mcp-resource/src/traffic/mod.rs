//! How much one connection may ask for (C-2, S1-36..38, S1-85).
