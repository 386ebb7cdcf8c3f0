export type Json =
  | string
  | number
  | boolean
  | null
  | { [key: string]: Json | undefined }
  | Json[]

export type Database = {
  public: {
    Tables: {
      arrays: {
        Row: {
          a: number[] | null
          b: string[] | null
          c: Database["public"]["Enums"]["mood"][] | null
          d: Json[]
          e: unknown[] | null
          f: boolean[]
        }
        Insert: {
          a?: number[] | null
          b?: string[] | null
          c?: Database["public"]["Enums"]["mood"][] | null
          d: Json[]
          e?: unknown[] | null
          f: boolean[]
        }
        Update: {
          a?: number[] | null
          b?: string[] | null
          c?: Database["public"]["Enums"]["mood"][] | null
          d?: Json[]
          e?: unknown[] | null
          f?: boolean[]
        }
        Relationships: []
      }
      elements: {
        Row: {
          id: number | null
        }
        Insert: {
          id?: number | null
        }
        Update: {
          id?: number | null
        }
        Relationships: []
      }
      own: {
        Row: {
          a: Database["public"]["Enums"]["mood"] | null
          b: Database["public"]["Enums"]["mood"] | null
          c: "sun" | "rain" | null
          d:
            | "sun"
            | "rain"
            | "snow"
            | "fog"
            | "hail"
            | "sleet"
            | "thunder"
            | "overcast"
            | "partly cloudy"
            | null
          e: ("sun" | "rain")[]
          f: "only" | null
          g: "only"[] | null
          h: unknown
          i: Database["public"]["CompositeTypes"]["pair"] | null
          j: Database["public"]["CompositeTypes"]["pair"][]
          k: unknown
          l: unknown
          m: number | null
          n: unknown
          o: string[] | null
          p: unknown[] | null
          q: Database["public"]["Tables"]["elements"]["Row"] | null
          r: Database["public"]["Views"]["shown"]["Row"] | null
          s: unknown
          t: Database["public"]["Tables"]["elements"]["Row"][] | null
        }
        Insert: {
          a?: Database["public"]["Enums"]["mood"] | null
          b?: Database["public"]["Enums"]["mood"] | null
          c?: "sun" | "rain" | null
          d?:
            | "sun"
            | "rain"
            | "snow"
            | "fog"
            | "hail"
            | "sleet"
            | "thunder"
            | "overcast"
            | "partly cloudy"
            | null
          e: ("sun" | "rain")[]
          f?: "only" | null
          g?: "only"[] | null
          h?: unknown
          i?: Database["public"]["CompositeTypes"]["pair"] | null
          j: Database["public"]["CompositeTypes"]["pair"][]
          k?: unknown
          l?: unknown
          m?: number | null
          n?: unknown
          o?: string[] | null
          p?: unknown[] | null
          q?: Database["public"]["Tables"]["elements"]["Row"] | null
          r?: Database["public"]["Views"]["shown"]["Row"] | null
          s?: unknown
          t?: Database["public"]["Tables"]["elements"]["Row"][] | null
        }
        Update: {
          a?: Database["public"]["Enums"]["mood"] | null
          b?: Database["public"]["Enums"]["mood"] | null
          c?: "sun" | "rain" | null
          d?:
            | "sun"
            | "rain"
            | "snow"
            | "fog"
            | "hail"
            | "sleet"
            | "thunder"
            | "overcast"
            | "partly cloudy"
            | null
          e?: ("sun" | "rain")[]
          f?: "only" | null
          g?: "only"[] | null
          h?: unknown
          i?: Database["public"]["CompositeTypes"]["pair"] | null
          j?: Database["public"]["CompositeTypes"]["pair"][]
          k?: unknown
          l?: unknown
          m?: number | null
          n?: unknown
          o?: string[] | null
          p?: unknown[] | null
          q?: Database["public"]["Tables"]["elements"]["Row"] | null
          r?: Database["public"]["Views"]["shown"]["Row"] | null
          s?: unknown
          t?: Database["public"]["Tables"]["elements"]["Row"][] | null
        }
        Relationships: []
      }
      scalars: {
        Row: {
          a: boolean | null
          aa: unknown
          ab: unknown
          ac: unknown
          ad: unknown
          ae: unknown
          af: unknown
          ag: unknown
          ah: unknown
          ai: unknown
          aj: unknown
          ak: unknown
          al: unknown
          am: unknown
          an: unknown
          ao: unknown
          ap: unknown
          b: number | null
          c: number | null
          d: number | null
          e: number | null
          f: number | null
          g: number | null
          h: string | null
          i: string | null
          j: string | null
          k: string | null
          l: string | null
          m: string | null
          n: string | null
          o: string | null
          p: string | null
          q: string | null
          r: string | null
          s: string | null
          t: Json | null
          u: Json | null
          v: unknown
          w: unknown
          x: unknown
          y: unknown
          z: unknown
        }
        Insert: {
          a?: boolean | null
          aa?: unknown
          ab?: unknown
          ac?: unknown
          ad?: unknown
          ae?: unknown
          af?: unknown
          ag?: unknown
          ah?: unknown
          ai?: unknown
          aj?: unknown
          ak?: unknown
          al?: unknown
          am?: unknown
          an?: unknown
          ao?: unknown
          ap?: unknown
          b?: number | null
          c?: number | null
          d?: number | null
          e?: number | null
          f?: number | null
          g?: number | null
          h?: string | null
          i?: string | null
          j?: string | null
          k?: string | null
          l?: string | null
          m?: string | null
          n?: string | null
          o?: string | null
          p?: string | null
          q?: string | null
          r?: string | null
          s?: string | null
          t?: Json | null
          u?: Json | null
          v?: unknown
          w?: unknown
          x?: unknown
          y?: unknown
          z?: unknown
        }
        Update: {
          a?: boolean | null
          aa?: unknown
          ab?: unknown
          ac?: unknown
          ad?: unknown
          ae?: unknown
          af?: unknown
          ag?: unknown
          ah?: unknown
          ai?: unknown
          aj?: unknown
          ak?: unknown
          al?: unknown
          am?: unknown
          an?: unknown
          ao?: unknown
          ap?: unknown
          b?: number | null
          c?: number | null
          d?: number | null
          e?: number | null
          f?: number | null
          g?: number | null
          h?: string | null
          i?: string | null
          j?: string | null
          k?: string | null
          l?: string | null
          m?: string | null
          n?: string | null
          o?: string | null
          p?: string | null
          q?: string | null
          r?: string | null
          s?: string | null
          t?: Json | null
          u?: Json | null
          v?: unknown
          w?: unknown
          x?: unknown
          y?: unknown
          z?: unknown
        }
        Relationships: []
      }
    }
    Views: {
      shown: {
        Row: {
          id: number | null
        }
        Insert: {
          id?: number | null
        }
        Update: {
          id?: number | null
        }
        Relationships: []
      }
      stored: {
        Row: {
          id: number | null
        }
        Relationships: []
      }
    }
    Functions: {
      each: { Args: { hs: unknown }; Returns: Record<string, unknown>[] }
    }
    Enums: {
      mood: "sad" | "happy"
    }
    CompositeTypes: {
      pair: {
        second: number | null
        first: string | null
        nested: Database["public"]["Enums"]["mood"][] | null
      }
    }
  }
}

type DatabaseWithoutInternals = Omit<Database, "__InternalSupabase">

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">]

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
        DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])
    : never = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
      DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])[TableName] extends {
      Row: infer R
    }
    ? R
    : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] &
        DefaultSchema["Views"])
    ? (DefaultSchema["Tables"] &
        DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
        Row: infer R
      }
      ? R
      : never
    : never

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Insert: infer I
    }
    ? I
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
        Insert: infer I
      }
      ? I
      : never
    : never

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Update: infer U
    }
    ? U
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
        Update: infer U
      }
      ? U
      : never
    : never

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema["Enums"]
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never = never,
> = DefaultSchemaEnumNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
    ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
    : never

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never = never,
> = PublicCompositeTypeNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
    ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
    : never

export const Constants = {
  public: {
    Enums: {
      mood: ["sad", "happy"],
    },
  },
} as const

