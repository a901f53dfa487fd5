export interface Line {
  product: string;
  quantity: number;
}

export interface Order {
  id: string;
  placed_at: string;
  status: "open" | "paid";
  total: string;
  lines: Line[];
  note: string | null;
}

export interface Summary {
  user_id: number;
  note: string;
}
