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
      "emoji 😀": {
        Row: {
          id: number | null
        }
        ComputedFields: never
        Insert: {
          id?: number | null
        }
        Update: {
          id?: number | null
        }
        Relationships: [
          {
            foreignKeyName: "emoji 😀_id_fkey"
            columns: ["id"]
            isOneToOne: false
            referencedRelation: "Quoted Table"
            referencedColumns: ["id"]
          },
        ]
      }
      order: {
        Row: {
          _a: number | null
          "😀": number | null
          $a: number | null
          "10": number | null
          "1st": number | null
          á: number | null
          "a b": number | null
          a_b: number | null
          "a-b": number | null
          ab: number | null
          aB: number | null
          alpha: number | null
          Alpha: number | null
          b: number | null
          "back\\slash": number | null
          "both \" and '": number | null
          class: number | null
          default: number | null
          e: number | null
          é: number | null
          f: number | null
          "it's": number | null
          "new\nline": number | null
          'say "hi"': number | null
          "tab\t": number | null
          'two " quotes " and one \'': number | null
          "zero​width": number | null
          Zeta: number | null
          имя: number | null
          名前: number | null
        }
        ComputedFields: never
        Insert: {
          _a?: number | null
          "😀"?: number | null
          $a?: number | null
          "10"?: number | null
          "1st"?: number | null
          á?: number | null
          "a b"?: number | null
          a_b?: number | null
          "a-b"?: number | null
          ab?: number | null
          aB?: number | null
          alpha?: number | null
          Alpha?: number | null
          b?: number | null
          "back\\slash"?: number | null
          "both \" and '"?: number | null
          class?: number | null
          default?: number | null
          e?: number | null
          é?: number | null
          f?: number | null
          "it's"?: number | null
          "new\nline"?: number | null
          'say "hi"'?: number | null
          "tab\t"?: number | null
          'two " quotes " and one \''?: number | null
          "zero​width"?: number | null
          Zeta?: number | null
          имя?: number | null
          名前?: number | null
        }
        Update: {
          _a?: number | null
          "😀"?: number | null
          $a?: number | null
          "10"?: number | null
          "1st"?: number | null
          á?: number | null
          "a b"?: number | null
          a_b?: number | null
          "a-b"?: number | null
          ab?: number | null
          aB?: number | null
          alpha?: number | null
          Alpha?: number | null
          b?: number | null
          "back\\slash"?: number | null
          "both \" and '"?: number | null
          class?: number | null
          default?: number | null
          e?: number | null
          é?: number | null
          f?: number | null
          "it's"?: number | null
          "new\nline"?: number | null
          'say "hi"'?: number | null
          "tab\t"?: number | null
          'two " quotes " and one \''?: number | null
          "zero​width"?: number | null
          Zeta?: number | null
          имя?: number | null
          名前?: number | null
        }
        Relationships: []
      }
      "Quoted Table": {
        Row: {
          id: number
        }
        ComputedFields: never
        Insert: {
          id: number
        }
        Update: {
          id?: number
        }
        Relationships: []
      }
    }
    Views: {
      'view "q"': {
        Row: {
          alpha: number | null
          Zeta: number | null
        }
        ComputedFields: never
        Insert: {
          alpha?: number | null
          Zeta?: number | null
        }
        Update: {
          alpha?: number | null
          Zeta?: number | null
        }
        Relationships: []
      }
    }
    Functions: {
      [_ in never]: never
    }
    Enums: {
      "enum 'x'":
        | "it's"
        | 'say "hi"'
        | "back\\slash"
        | ""
        | " "
        | "1"
        | "é"
        | "😀"
        | "a\nb"
      fits: "aaaaaaaaaaaaaaaa" | "bbbbbbbbbbbbbbbb" | "cccccccccccccccc" | "dd"
      fits_not:
        | "aaaaaaaaaaaaaaaa"
        | "bbbbbbbbbbbbbbbb"
        | "cccccccccccccccc"
        | "d"
      "long labels":
        | "the first label of this enum is long"
        | "the second label of this enum is long too"
        | "short"
    }
    CompositeTypes: {
      "composite type": {
        "odd key": number | null
        class: string | null
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
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
        DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])
    : never) = never,
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
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never) = never,
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
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never) = never,
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
  EnumName extends (DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never) = never,
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
  CompositeTypeName extends (PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never) = never,
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
      "enum 'x'": [
        "it's",
        'say "hi"',
        "back\\slash",
        "",
        " ",
        "1",
        "é",
        "😀",
        "a\nb",
      ],
      fits: ["aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb", "cccccccccccccccc", "dd"],
      fits_not: [
        "aaaaaaaaaaaaaaaa",
        "bbbbbbbbbbbbbbbb",
        "cccccccccccccccc",
        "d",
      ],
      "long labels": [
        "the first label of this enum is long",
        "the second label of this enum is long too",
        "short",
      ],
    },
  },
} as const
