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
      a: {
        Row: {
          id: number
          x: number | null
          y: number | null
        }
        Insert: {
          id: number
          x?: number | null
          y?: number | null
        }
        Update: {
          id?: number
          x?: number | null
          y?: number | null
        }
        Relationships: []
      }
      a_table_with_a_long_name_of_more_than_forty_letters: {
        Row: {
          the_first_column_of_a_very_long_key: number
          the_second_column_of_a_very_long_key: number
        }
        Insert: {
          the_first_column_of_a_very_long_key: number
          the_second_column_of_a_very_long_key: number
        }
        Update: {
          the_first_column_of_a_very_long_key?: number
          the_second_column_of_a_very_long_key?: number
        }
        Relationships: []
      }
      b: {
        Row: {
          a_id: number | null
          far_id: number | null
          id: number
          x: number | null
          y: number | null
        }
        Insert: {
          a_id?: number | null
          far_id?: number | null
          id: number
          x?: number | null
          y?: number | null
        }
        Update: {
          a_id?: number | null
          far_id?: number | null
          id?: number
          x?: number | null
          y?: number | null
        }
        Relationships: [
          {
            foreignKeyName: "b_a_id_fkey"
            columns: ["a_id"]
            isOneToOne: false
            referencedRelation: "a"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "b_a_id_fkey"
            columns: ["a_id"]
            isOneToOne: false
            referencedRelation: "ma"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "b_a_id_fkey"
            columns: ["a_id"]
            isOneToOne: false
            referencedRelation: "va"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "b_a_id_fkey"
            columns: ["a_id"]
            isOneToOne: false
            referencedRelation: "va_twice"
            referencedColumns: ["again"]
          },
          {
            foreignKeyName: "b_a_id_fkey"
            columns: ["a_id"]
            isOneToOne: false
            referencedRelation: "va_twice"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "b_id_fkey"
            columns: ["id"]
            isOneToOne: true
            referencedRelation: "a"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "b_id_fkey"
            columns: ["id"]
            isOneToOne: true
            referencedRelation: "ma"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "b_id_fkey"
            columns: ["id"]
            isOneToOne: true
            referencedRelation: "va"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "b_id_fkey"
            columns: ["id"]
            isOneToOne: true
            referencedRelation: "va_twice"
            referencedColumns: ["again"]
          },
          {
            foreignKeyName: "b_id_fkey"
            columns: ["id"]
            isOneToOne: true
            referencedRelation: "va_twice"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "pair"
            columns: ["x", "y"]
            isOneToOne: false
            referencedRelation: "a"
            referencedColumns: ["x", "y"]
          },
          {
            foreignKeyName: "pair"
            columns: ["x", "y"]
            isOneToOne: false
            referencedRelation: "va"
            referencedColumns: ["x", "y"]
          },
          {
            foreignKeyName: "turned"
            columns: ["y", "x"]
            isOneToOne: false
            referencedRelation: "a"
            referencedColumns: ["y", "x"]
          },
          {
            foreignKeyName: "turned"
            columns: ["y", "x"]
            isOneToOne: false
            referencedRelation: "va"
            referencedColumns: ["y", "x"]
          },
        ]
      }
      late: {
        Row: {
          id: number | null
        }
        Insert: {
          id?: number | null
        }
        Update: {
          id?: number | null
        }
        Relationships: [
          {
            foreignKeyName: "late_id_fkey"
            columns: ["id"]
            isOneToOne: false
            referencedRelation: "a"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "late_id_fkey"
            columns: ["id"]
            isOneToOne: false
            referencedRelation: "ma"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "late_id_fkey"
            columns: ["id"]
            isOneToOne: false
            referencedRelation: "va"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "late_id_fkey"
            columns: ["id"]
            isOneToOne: false
            referencedRelation: "va_twice"
            referencedColumns: ["again"]
          },
          {
            foreignKeyName: "late_id_fkey"
            columns: ["id"]
            isOneToOne: false
            referencedRelation: "va_twice"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "unchecked"
            columns: ["id"]
            isOneToOne: false
            referencedRelation: "a"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "unchecked"
            columns: ["id"]
            isOneToOne: false
            referencedRelation: "ma"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "unchecked"
            columns: ["id"]
            isOneToOne: false
            referencedRelation: "va"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "unchecked"
            columns: ["id"]
            isOneToOne: false
            referencedRelation: "va_twice"
            referencedColumns: ["again"]
          },
          {
            foreignKeyName: "unchecked"
            columns: ["id"]
            isOneToOne: false
            referencedRelation: "va_twice"
            referencedColumns: ["id"]
          },
        ]
      }
      parts: {
        Row: {
          id: number | null
        }
        Insert: {
          id?: number | null
        }
        Update: {
          id?: number | null
        }
        Relationships: [
          {
            foreignKeyName: "parts_id_fkey"
            columns: ["id"]
            isOneToOne: false
            referencedRelation: "a"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "parts_id_fkey"
            columns: ["id"]
            isOneToOne: false
            referencedRelation: "ma"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "parts_id_fkey"
            columns: ["id"]
            isOneToOne: false
            referencedRelation: "va"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "parts_id_fkey"
            columns: ["id"]
            isOneToOne: false
            referencedRelation: "va_twice"
            referencedColumns: ["again"]
          },
          {
            foreignKeyName: "parts_id_fkey"
            columns: ["id"]
            isOneToOne: false
            referencedRelation: "va_twice"
            referencedColumns: ["id"]
          },
        ]
      }
      parts_one: {
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
      refers: {
        Row: {
          x: number | null
          y: number | null
        }
        Insert: {
          x?: number | null
          y?: number | null
        }
        Update: {
          x?: number | null
          y?: number | null
        }
        Relationships: [
          {
            foreignKeyName: "long_key"
            columns: ["x", "y"]
            isOneToOne: false
            referencedRelation: "a_table_with_a_long_name_of_more_than_forty_letters"
            referencedColumns: [
              "the_first_column_of_a_very_long_key",
              "the_second_column_of_a_very_long_key",
            ]
          },
        ]
      }
      self: {
        Row: {
          id: number
          parent_id: number | null
        }
        Insert: {
          id: number
          parent_id?: number | null
        }
        Update: {
          id?: number
          parent_id?: number | null
        }
        Relationships: [
          {
            foreignKeyName: "self_parent_id_fkey"
            columns: ["parent_id"]
            isOneToOne: false
            referencedRelation: "self"
            referencedColumns: ["id"]
          },
        ]
      }
    }
    Views: {
      counted: {
        Row: {
          count: number | null
        }
        Relationships: []
      }
      expression: {
        Row: {
          id: number | null
        }
        Relationships: []
      }
      ma: {
        Row: {
          id: number | null
        }
        Relationships: []
      }
      united: {
        Row: {
          id: number | null
        }
        Relationships: []
      }
      va: {
        Row: {
          id: number | null
          x: number | null
          y: number | null
        }
        Insert: {
          id?: number | null
          x?: number | null
          y?: number | null
        }
        Update: {
          id?: number | null
          x?: number | null
          y?: number | null
        }
        Relationships: []
      }
      va_half: {
        Row: {
          x: number | null
        }
        Insert: {
          x?: number | null
        }
        Update: {
          x?: number | null
        }
        Relationships: []
      }
      va_twice: {
        Row: {
          again: number | null
          id: number | null
        }
        Insert: {
          again?: number | null
          id?: number | null
        }
        Update: {
          again?: number | null
          id?: number | null
        }
        Relationships: []
      }
      vb: {
        Row: {
          id: number | null
          other_id: number | null
        }
        Insert: {
          id?: number | null
          other_id?: number | null
        }
        Update: {
          id?: number | null
          other_id?: number | null
        }
        Relationships: [
          {
            foreignKeyName: "b_a_id_fkey"
            columns: ["other_id"]
            isOneToOne: false
            referencedRelation: "a"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "b_a_id_fkey"
            columns: ["other_id"]
            isOneToOne: false
            referencedRelation: "ma"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "b_a_id_fkey"
            columns: ["other_id"]
            isOneToOne: false
            referencedRelation: "va"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "b_a_id_fkey"
            columns: ["other_id"]
            isOneToOne: false
            referencedRelation: "va_twice"
            referencedColumns: ["again"]
          },
          {
            foreignKeyName: "b_a_id_fkey"
            columns: ["other_id"]
            isOneToOne: false
            referencedRelation: "va_twice"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "b_id_fkey"
            columns: ["id"]
            isOneToOne: true
            referencedRelation: "a"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "b_id_fkey"
            columns: ["id"]
            isOneToOne: true
            referencedRelation: "ma"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "b_id_fkey"
            columns: ["id"]
            isOneToOne: true
            referencedRelation: "va"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "b_id_fkey"
            columns: ["id"]
            isOneToOne: true
            referencedRelation: "va_twice"
            referencedColumns: ["again"]
          },
          {
            foreignKeyName: "b_id_fkey"
            columns: ["id"]
            isOneToOne: true
            referencedRelation: "va_twice"
            referencedColumns: ["id"]
          },
        ]
      }
      vvb: {
        Row: {
          other_id: number | null
        }
        Insert: {
          other_id?: number | null
        }
        Update: {
          other_id?: number | null
        }
        Relationships: [
          {
            foreignKeyName: "b_a_id_fkey"
            columns: ["other_id"]
            isOneToOne: false
            referencedRelation: "a"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "b_a_id_fkey"
            columns: ["other_id"]
            isOneToOne: false
            referencedRelation: "ma"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "b_a_id_fkey"
            columns: ["other_id"]
            isOneToOne: false
            referencedRelation: "va"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "b_a_id_fkey"
            columns: ["other_id"]
            isOneToOne: false
            referencedRelation: "va_twice"
            referencedColumns: ["again"]
          },
          {
            foreignKeyName: "b_a_id_fkey"
            columns: ["other_id"]
            isOneToOne: false
            referencedRelation: "va_twice"
            referencedColumns: ["id"]
          },
        ]
      }
    }
    Functions: {
      [_ in never]: never
    }
    Enums: {
      [_ in never]: never
    }
    CompositeTypes: {
      [_ in never]: never
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
    Enums: {},
  },
} as const

