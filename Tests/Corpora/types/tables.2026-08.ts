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
      child: {
        Row: {
          age: number | null
          id: number
          name: string | null
        }
        Insert: {
          age?: number | null
          id: number
          name?: string | null
        }
        Update: {
          age?: number | null
          id?: number
          name?: string | null
        }
        Relationships: []
      }
      elsewhere: {
        Row: {
          line: string | null
          place: Database["public"]["Enums"]["mood"]
        }
        Insert: {
          line?: string | null
          place: Database["public"]["Enums"]["mood"]
        }
        Update: {
          line?: string | null
          place?: Database["public"]["Enums"]["mood"]
        }
        Relationships: []
      }
      everything: {
        Row: {
          address: string
          anything: unknown
          anything_nullable: unknown
          document: Json
          documents: Json[] | null
          feeling: Database["public"]["Enums"]["mood"]
          feelings: Database["public"]["Enums"]["mood"][] | null
          id: number
          nullable: string | null
          nullable_default: boolean | null
          number: number
          required: string
          serial_id: number
          total: number | null
          with_default: string
        }
        Insert: {
          address: string
          anything: unknown
          anything_nullable?: unknown
          document: Json
          documents?: Json[] | null
          feeling: Database["public"]["Enums"]["mood"]
          feelings?: Database["public"]["Enums"]["mood"][] | null
          id?: never
          nullable?: string | null
          nullable_default?: boolean | null
          number?: number
          required: string
          serial_id?: number
          total?: number | null
          with_default?: string
        }
        Update: {
          address?: string
          anything?: unknown
          anything_nullable?: unknown
          document?: Json
          documents?: Json[] | null
          feeling?: Database["public"]["Enums"]["mood"]
          feelings?: Database["public"]["Enums"]["mood"][] | null
          id?: never
          nullable?: string | null
          nullable_default?: boolean | null
          number?: number
          required?: string
          serial_id?: number
          total?: number | null
          with_default?: string
        }
        Relationships: []
      }
      measures: {
        Row: {
          id: number
          taken: string
          value: number | null
        }
        Insert: {
          id: number
          taken: string
          value?: number | null
        }
        Update: {
          id?: number
          taken?: string
          value?: number | null
        }
        Relationships: []
      }
      measures_2025: {
        Row: {
          id: number
          taken: string
          value: number | null
        }
        Insert: {
          id: number
          taken: string
          value?: number | null
        }
        Update: {
          id?: number
          taken?: string
          value?: number | null
        }
        Relationships: []
      }
      measures_2026: {
        Row: {
          id: number
          taken: string
          value: number | null
        }
        Insert: {
          id: number
          taken: string
          value?: number | null
        }
        Update: {
          id?: number
          taken?: string
          value?: number | null
        }
        Relationships: []
      }
      nothing: {
        Row: {}
        Insert: {}
        Update: {}
        Relationships: []
      }
      parent: {
        Row: {
          id: number
          name: string | null
        }
        Insert: {
          id: number
          name?: string | null
        }
        Update: {
          id?: number
          name?: string | null
        }
        Relationships: []
      }
      typed: {
        Row: {
          born: string | null
          name: string | null
        }
        Insert: {
          born?: string | null
          name?: string | null
        }
        Update: {
          born?: string | null
          name?: string | null
        }
        Relationships: []
      }
      unlogged: {
        Row: {
          id: string
        }
        Insert: {
          id?: string
        }
        Update: {
          id?: string
        }
        Relationships: []
      }
      wide: {
        Row: {
          a_long_name_of_fifty_bytes_in_a_row_______________: string | null
          a_very_long_column_name_that_takes_sixty_two_bytes_of_the_line:
            | Database["public"]["Enums"]["mood"]
            | null
          another_long_column_name_that_takes_sixty_one_bytes_of_a_line: Json | null
        }
        Insert: {
          a_long_name_of_fifty_bytes_in_a_row_______________?: string | null
          a_very_long_column_name_that_takes_sixty_two_bytes_of_the_line?:
            | Database["public"]["Enums"]["mood"]
            | null
          another_long_column_name_that_takes_sixty_one_bytes_of_a_line?: Json | null
        }
        Update: {
          a_long_name_of_fifty_bytes_in_a_row_______________?: string | null
          a_very_long_column_name_that_takes_sixty_two_bytes_of_the_line?:
            | Database["public"]["Enums"]["mood"]
            | null
          another_long_column_name_that_takes_sixty_one_bytes_of_a_line?: Json | null
        }
        Relationships: []
      }
    }
    Views: {
      [_ in never]: never
    }
    Functions: {
      file_fdw_handler: { Args: never; Returns: unknown }
    }
    Enums: {
      mood: "sad" | "ok" | "happy"
    }
    CompositeTypes: {
      person: {
        name: string | null
        born: string | null
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
      mood: ["sad", "ok", "happy"],
    },
  },
} as const

