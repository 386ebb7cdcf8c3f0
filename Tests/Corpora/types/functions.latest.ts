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
      "Odd Table": {
        Row: {
          id: number | null
          of_odd: {
            id: number
            name: string | null
          } | null
        }
        ComputedFields: "of_odd"
        Insert: {
          id?: number | null
        }
        Update: {
          id?: number | null
        }
        Relationships: []
      }
      users: {
        Row: {
          id: number
          name: string | null
          of_user: {
            id: number
            name: string | null
          } | null
          of_user_named: {
            id: number
            name: string | null
          } | null
          of_user_one: {
            id: number
            name: string | null
          } | null
          of_user_text: string | null
          overloaded: {
            id: number
            name: string | null
          } | null
        }
        ComputedFields:
          | "of_user"
          | "of_user_named"
          | "of_user_one"
          | "of_user_text"
          | "overloaded"
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
    }
    Views: {
      [_ in never]: never
    }
    Functions: {
      "9": { Args: Record<PropertyKey, never>; Returns: number }
      "10": { Args: Record<PropertyKey, never>; Returns: number }
      a_record: {
        Args: Record<PropertyKey, never>
        Returns: Record<string, unknown>
      }
      a_returned_type_with_a_name_that_is_long_enough_to_break: {
        Args: Record<PropertyKey, never>
        Returns: Database["public"]["CompositeTypes"]["pair"][]
        SetofOptions: {
          from: "*"
          to: "pair"
          isOneToOne: false
          isSetofReturn: true
        }
      }
      all_pairs: {
        Args: Record<PropertyKey, never>
        Returns: Database["public"]["CompositeTypes"]["pair"][]
        SetofOptions: {
          from: "*"
          to: "pair"
          isOneToOne: false
          isSetofReturn: true
        }
      }
      all_users: {
        Args: Record<PropertyKey, never>
        Returns: {
          id: number
          name: string | null
        }[]
        SetofOptions: {
          from: "*"
          to: "users"
          isOneToOne: false
          isSetofReturn: true
        }
      }
      an_enum: {
        Args: { which: Database["public"]["Enums"]["tall"] }
        Returns: Database["public"]["Enums"]["tall"][]
      }
      arguments: {
        Args: { alpha: string; mid?: Json; rest?: string[]; zeta: number }
        Returns: boolean
      }
      as_table: {
        Args: { n: number }
        Returns: {
          alpha: string
          zeta: number
        }[]
      }
      conflict:
        | {
            Args: { a: boolean }
            Returns: {
              error: true
            } & "Could not choose the best candidate function between: public.conflict(a => bool), public.conflict(a => int4), public.conflict(a => text). Try renaming the parameters or the function itself in the database so function overloading can be resolved"
            SetofOptions: {
              from: "*"
              to: "users"
              isOneToOne: true
              isSetofReturn: false
            }
          }
        | {
            Args: { a: number }
            Returns: {
              error: true
            } & "Could not choose the best candidate function between: public.conflict(a => bool), public.conflict(a => int4), public.conflict(a => text). Try renaming the parameters or the function itself in the database so function overloading can be resolved"
          }
        | {
            Args: { a: string }
            Returns: {
              error: true
            } & "Could not choose the best candidate function between: public.conflict(a => bool), public.conflict(a => int4), public.conflict(a => text). Try renaming the parameters or the function itself in the database so function overloading can be resolved"[]
          }
      constructor: { Args: Record<PropertyKey, never>; Returns: number }
      defaulted:
        | {
            Args: Record<PropertyKey, never>
            Returns: {
              error: true
            } & "Could not choose the best candidate function between: public.defaulted(), public.defaulted( => text). Try renaming the parameters or the function itself in the database so function overloading can be resolved"
          }
        | { Args: { ""?: string }; Returns: string }
      long_record_name_that_does_not_fit_on_a_line_of_eighty__: {
        Args: Record<PropertyKey, never>
        Returns: Record<string, unknown>[]
      }
      many_arguments: {
        Args: {
          first_argument: number
          fourth: string
          second_argument: string
          third_argument: Json
        }
        Returns: string
      }
      nothing: { Args: Record<PropertyKey, never>; Returns: undefined }
      numbers: { Args: Record<PropertyKey, never>; Returns: number[] }
      'odd "name"': { Args: { "odd key": number }; Returns: number }
      of_odd: {
        Args: { "": Database["public"]["Tables"]["Odd Table"]["Row"] }
        Returns: {
          id: number
          name: string | null
        }[]
        SetofOptions: {
          from: '"Odd Table"'
          to: "users"
          isOneToOne: false
          isSetofReturn: true
        }
      }
      of_pair: {
        Args: { "": Database["public"]["CompositeTypes"]["pair"] }
        Returns: {
          error: true
        } & "the function public.of_pair with parameter or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache"
      }
      of_user: {
        Args: { "": Database["public"]["Tables"]["users"]["Row"] }
        Returns: {
          id: number
          name: string | null
        }[]
        SetofOptions: {
          from: "users"
          to: "users"
          isOneToOne: false
          isSetofReturn: true
        }
      }
      of_user_named: {
        Args: {
          u: Omit<
            Database["public"]["Tables"]["users"]["Row"],
            Database["public"]["Tables"]["users"]["ComputedFields"]
          >
        }
        Returns: {
          id: number
          name: string | null
        }
        SetofOptions: {
          from: "users"
          to: "users"
          isOneToOne: true
          isSetofReturn: true
        }
      }
      of_user_one: {
        Args: { "": Database["public"]["Tables"]["users"]["Row"] }
        Returns: {
          id: number
          name: string | null
        }
        SetofOptions: {
          from: "users"
          to: "users"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      of_user_text: {
        Args: { "": Database["public"]["Tables"]["users"]["Row"] }
        Returns: {
          error: true
        } & "the function public.of_user_text with parameter or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache"
      }
      one_number: { Args: Record<PropertyKey, never>; Returns: number[] }
      one_out: { Args: Record<PropertyKey, never>; Returns: number }
      one_pair: {
        Args: Record<PropertyKey, never>
        Returns: Database["public"]["CompositeTypes"]["pair"]
        SetofOptions: {
          from: "*"
          to: "pair"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      one_user: {
        Args: Record<PropertyKey, never>
        Returns: {
          id: number
          name: string | null
        }
        SetofOptions: {
          from: "*"
          to: "users"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      outs: {
        Args: { mid: string; zeta: number }
        Returns: Record<string, unknown>
      }
      overloaded:
        | { Args: { a: number }; Returns: number }
        | { Args: { b: string }; Returns: string }
        | {
            Args: {
              c: Omit<
                Database["public"]["Tables"]["users"]["Row"],
                Database["public"]["Tables"]["users"]["ComputedFields"]
              >
            }
            Returns: {
              id: number
              name: string | null
            }[]
            SetofOptions: {
              from: "users"
              to: "users"
              isOneToOne: false
              isSetofReturn: true
            }
          }
      positives: { Args: { n: unknown }; Returns: unknown }
      records: {
        Args: Record<PropertyKey, never>
        Returns: Record<string, unknown>[]
      }
      short:
        | { Args: Record<PropertyKey, never>; Returns: number }
        | { Args: { a: number }; Returns: number }
      single_user: {
        Args: Record<PropertyKey, never>
        Returns: {
          id: number
          name: string | null
        }
        SetofOptions: {
          from: "*"
          to: "users"
          isOneToOne: true
          isSetofReturn: true
        }
      }
      unnamed_json: { Args: { "": Json }; Returns: number }
      unnamed_text: { Args: { "": string }; Returns: number }
      unnamed_two: { Args: { ""?: string }; Returns: number }
    }
    Enums: {
      tall: "a" | "b"
    }
    CompositeTypes: {
      pair: {
        a: number | null
        b: string | null
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
      tall: ["a", "b"],
    },
  },
} as const
