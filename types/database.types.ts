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
      apps: {
        Row: {
          default_settings: Json
          id: string
          name: string
          position: number
          state: Database["public"]["Enums"]["app_state"]
          tagline: string
        }
        Insert: {
          default_settings?: Json
          id: string
          name: string
          position: number
          state?: Database["public"]["Enums"]["app_state"]
          tagline: string
        }
        Update: {
          default_settings?: Json
          id?: string
          name?: string
          position?: number
          state?: Database["public"]["Enums"]["app_state"]
          tagline?: string
        }
        Relationships: []
      }
      audit_events: {
        Row: {
          action: Database["public"]["Enums"]["audit_action"]
          actor_id: string | null
          actor_role: string
          changed: Json
          id: number
          occurred_at: string
          organisation_id: string | null
          row_key: Json
          table_name: string
        }
        Insert: {
          action: Database["public"]["Enums"]["audit_action"]
          actor_id?: string | null
          actor_role?: string
          changed?: Json
          id?: never
          occurred_at?: string
          organisation_id?: string | null
          row_key: Json
          table_name: string
        }
        Update: {
          action?: Database["public"]["Enums"]["audit_action"]
          actor_id?: string | null
          actor_role?: string
          changed?: Json
          id?: never
          occurred_at?: string
          organisation_id?: string | null
          row_key?: Json
          table_name?: string
        }
        Relationships: []
      }
      comments: {
        Row: {
          author_id: string | null
          body: string
          created_at: string
          document_id: string
          id: string
          mentions: string[]
          reply_to: string | null
          resolved_at: string | null
          updated_at: string
        }
        Insert: {
          author_id?: string | null
          body: string
          created_at?: string
          document_id: string
          id?: string
          mentions?: string[]
          reply_to?: string | null
          resolved_at?: string | null
          updated_at?: string
        }
        Update: {
          author_id?: string | null
          body?: string
          created_at?: string
          document_id?: string
          id?: string
          mentions?: string[]
          reply_to?: string | null
          resolved_at?: string | null
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "comments_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "comments_document_id_fkey"
            columns: ["document_id"]
            isOneToOne: false
            referencedRelation: "documents"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "comments_document_id_reply_to_fkey"
            columns: ["document_id", "reply_to"]
            isOneToOne: false
            referencedRelation: "comments"
            referencedColumns: ["document_id", "id"]
          },
        ]
      }
      document_shares: {
        Row: {
          created_at: string
          document_id: string
          expires_at: string | null
          shared_by: string | null
          user_id: string
        }
        Insert: {
          created_at?: string
          document_id: string
          expires_at?: string | null
          shared_by?: string | null
          user_id: string
        }
        Update: {
          created_at?: string
          document_id?: string
          expires_at?: string | null
          shared_by?: string | null
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "document_shares_document_id_fkey"
            columns: ["document_id"]
            isOneToOne: false
            referencedRelation: "documents"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "document_shares_shared_by_fkey"
            columns: ["shared_by"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "document_shares_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
        ]
      }
      document_tags: {
        Row: {
          document_id: string
          tag_id: number
        }
        Insert: {
          document_id: string
          tag_id: number
        }
        Update: {
          document_id?: string
          tag_id?: number
        }
        Relationships: [
          {
            foreignKeyName: "document_tags_document_id_fkey"
            columns: ["document_id"]
            isOneToOne: false
            referencedRelation: "documents"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "document_tags_tag_id_fkey"
            columns: ["tag_id"]
            isOneToOne: false
            referencedRelation: "tags"
            referencedColumns: ["id"]
          },
        ]
      }
      document_versions: {
        Row: {
          body: string
          document_id: string
          edited_by: string | null
          replaced_at: string
          title: string
          version: number
        }
        Insert: {
          body: string
          document_id: string
          edited_by?: string | null
          replaced_at?: string
          title: string
          version: number
        }
        Update: {
          body?: string
          document_id?: string
          edited_by?: string | null
          replaced_at?: string
          title?: string
          version?: number
        }
        Relationships: [
          {
            foreignKeyName: "document_versions_document_id_fkey"
            columns: ["document_id"]
            isOneToOne: false
            referencedRelation: "documents"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "document_versions_edited_by_fkey"
            columns: ["edited_by"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
        ]
      }
      documents: {
        Row: {
          app_id: string
          author_id: string | null
          body: string
          created_at: string
          id: string
          organisation_id: string
          parent_id: string | null
          published_at: string | null
          search: unknown
          status: Database["public"]["Enums"]["document_status"]
          title: string
          updated_at: string
        }
        Insert: {
          app_id?: string
          author_id?: string | null
          body?: string
          created_at?: string
          id?: string
          organisation_id: string
          parent_id?: string | null
          published_at?: string | null
          search?: unknown
          status?: Database["public"]["Enums"]["document_status"]
          title: string
          updated_at?: string
        }
        Update: {
          app_id?: string
          author_id?: string | null
          body?: string
          created_at?: string
          id?: string
          organisation_id?: string
          parent_id?: string | null
          published_at?: string | null
          search?: unknown
          status?: Database["public"]["Enums"]["document_status"]
          title?: string
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "documents_app_id_fkey"
            columns: ["app_id"]
            isOneToOne: false
            referencedRelation: "apps"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "documents_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "documents_organisation_id_fkey"
            columns: ["organisation_id"]
            isOneToOne: false
            referencedRelation: "organisation_overview"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "documents_organisation_id_fkey"
            columns: ["organisation_id"]
            isOneToOne: false
            referencedRelation: "organisations"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "documents_parent_id_fkey"
            columns: ["parent_id"]
            isOneToOne: false
            referencedRelation: "documents"
            referencedColumns: ["id"]
          },
        ]
      }
      files: {
        Row: {
          created_at: string
          document_id: string | null
          id: string
          media_type: string
          object_name: string
          organisation_id: string
          size_in_bytes: number
          title: string
          uploaded_by: string | null
        }
        Insert: {
          created_at?: string
          document_id?: string | null
          id?: string
          media_type: string
          object_name: string
          organisation_id: string
          size_in_bytes: number
          title: string
          uploaded_by?: string | null
        }
        Update: {
          created_at?: string
          document_id?: string | null
          id?: string
          media_type?: string
          object_name?: string
          organisation_id?: string
          size_in_bytes?: number
          title?: string
          uploaded_by?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "files_document_id_fkey"
            columns: ["document_id"]
            isOneToOne: false
            referencedRelation: "documents"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "files_organisation_id_fkey"
            columns: ["organisation_id"]
            isOneToOne: false
            referencedRelation: "organisation_overview"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "files_organisation_id_fkey"
            columns: ["organisation_id"]
            isOneToOne: false
            referencedRelation: "organisations"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "files_uploaded_by_fkey"
            columns: ["uploaded_by"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
        ]
      }
      invitations: {
        Row: {
          accepted_by: string | null
          created_at: string
          email: string
          expires_at: string
          id: string
          invited_by: string | null
          organisation_id: string
          role: Database["public"]["Enums"]["member_role"]
          state: Database["public"]["Enums"]["invitation_state"]
          token_hash: string
        }
        Insert: {
          accepted_by?: string | null
          created_at?: string
          email: string
          expires_at?: string
          id?: string
          invited_by?: string | null
          organisation_id: string
          role?: Database["public"]["Enums"]["member_role"]
          state?: Database["public"]["Enums"]["invitation_state"]
          token_hash: string
        }
        Update: {
          accepted_by?: string | null
          created_at?: string
          email?: string
          expires_at?: string
          id?: string
          invited_by?: string | null
          organisation_id?: string
          role?: Database["public"]["Enums"]["member_role"]
          state?: Database["public"]["Enums"]["invitation_state"]
          token_hash?: string
        }
        Relationships: [
          {
            foreignKeyName: "invitations_accepted_by_fkey"
            columns: ["accepted_by"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "invitations_invited_by_fkey"
            columns: ["invited_by"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "invitations_organisation_id_fkey"
            columns: ["organisation_id"]
            isOneToOne: false
            referencedRelation: "organisation_overview"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "invitations_organisation_id_fkey"
            columns: ["organisation_id"]
            isOneToOne: false
            referencedRelation: "organisations"
            referencedColumns: ["id"]
          },
        ]
      }
      members: {
        Row: {
          joined_at: string
          organisation_id: string
          role: Database["public"]["Enums"]["member_role"]
          user_id: string
        }
        Insert: {
          joined_at?: string
          organisation_id: string
          role?: Database["public"]["Enums"]["member_role"]
          user_id: string
        }
        Update: {
          joined_at?: string
          organisation_id?: string
          role?: Database["public"]["Enums"]["member_role"]
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "members_organisation_id_fkey"
            columns: ["organisation_id"]
            isOneToOne: false
            referencedRelation: "organisation_overview"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "members_organisation_id_fkey"
            columns: ["organisation_id"]
            isOneToOne: false
            referencedRelation: "organisations"
            referencedColumns: ["id"]
          },
        ]
      }
      notifications: {
        Row: {
          actor_id: string | null
          comment_id: string | null
          created_at: string
          id: number
          kind: Database["public"]["Enums"]["notification_kind"]
          organisation_id: string | null
          payload: Json
          read_at: string | null
          user_id: string
        }
        Insert: {
          actor_id?: string | null
          comment_id?: string | null
          created_at?: string
          id?: never
          kind: Database["public"]["Enums"]["notification_kind"]
          organisation_id?: string | null
          payload?: Json
          read_at?: string | null
          user_id: string
        }
        Update: {
          actor_id?: string | null
          comment_id?: string | null
          created_at?: string
          id?: never
          kind?: Database["public"]["Enums"]["notification_kind"]
          organisation_id?: string | null
          payload?: Json
          read_at?: string | null
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "notifications_actor_id_fkey"
            columns: ["actor_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "notifications_comment_id_fkey"
            columns: ["comment_id"]
            isOneToOne: false
            referencedRelation: "comments"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "notifications_organisation_id_fkey"
            columns: ["organisation_id"]
            isOneToOne: false
            referencedRelation: "organisation_overview"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "notifications_organisation_id_fkey"
            columns: ["organisation_id"]
            isOneToOne: false
            referencedRelation: "organisations"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "notifications_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
        ]
      }
      organisation_apps: {
        Row: {
          app_id: string
          enabled_at: string
          enabled_by: string | null
          organisation_id: string
          settings: Json
        }
        Insert: {
          app_id: string
          enabled_at?: string
          enabled_by?: string | null
          organisation_id: string
          settings?: Json
        }
        Update: {
          app_id?: string
          enabled_at?: string
          enabled_by?: string | null
          organisation_id?: string
          settings?: Json
        }
        Relationships: [
          {
            foreignKeyName: "organisation_apps_app_id_fkey"
            columns: ["app_id"]
            isOneToOne: false
            referencedRelation: "apps"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "organisation_apps_organisation_id_fkey"
            columns: ["organisation_id"]
            isOneToOne: false
            referencedRelation: "organisation_overview"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "organisation_apps_organisation_id_fkey"
            columns: ["organisation_id"]
            isOneToOne: false
            referencedRelation: "organisations"
            referencedColumns: ["id"]
          },
        ]
      }
      organisations: {
        Row: {
          created_at: string
          created_by: string | null
          id: string
          kind: Database["public"]["Enums"]["organisation_kind"]
          name: string
          settings: Json
          slug: string
          updated_at: string
        }
        Insert: {
          created_at?: string
          created_by?: string | null
          id?: string
          kind: Database["public"]["Enums"]["organisation_kind"]
          name: string
          settings?: Json
          slug: string
          updated_at?: string
        }
        Update: {
          created_at?: string
          created_by?: string | null
          id?: string
          kind?: Database["public"]["Enums"]["organisation_kind"]
          name?: string
          settings?: Json
          slug?: string
          updated_at?: string
        }
        Relationships: []
      }
      plans: {
        Row: {
          id: string
          limits: Json
          name: string
          price_per_month: number
          seats: number
        }
        Insert: {
          id: string
          limits?: Json
          name: string
          price_per_month: number
          seats: number
        }
        Update: {
          id?: string
          limits?: Json
          name?: string
          price_per_month?: number
          seats?: number
        }
        Relationships: []
      }
      profiles: {
        Row: {
          avatar_path: string | null
          bio: string | null
          created_at: string
          display_name: string
          handle: string
          id: string
          locale: string
          updated_at: string
        }
        Insert: {
          avatar_path?: string | null
          bio?: string | null
          created_at?: string
          display_name: string
          handle: string
          id: string
          locale?: string
          updated_at?: string
        }
        Update: {
          avatar_path?: string | null
          bio?: string | null
          created_at?: string
          display_name?: string
          handle?: string
          id?: string
          locale?: string
          updated_at?: string
        }
        Relationships: []
      }
      reactions: {
        Row: {
          comment_id: string
          created_at: string
          kind: Database["public"]["Enums"]["reaction_kind"]
          user_id: string
        }
        Insert: {
          comment_id: string
          created_at?: string
          kind: Database["public"]["Enums"]["reaction_kind"]
          user_id: string
        }
        Update: {
          comment_id?: string
          created_at?: string
          kind?: Database["public"]["Enums"]["reaction_kind"]
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "reactions_comment_id_fkey"
            columns: ["comment_id"]
            isOneToOne: false
            referencedRelation: "comments"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "reactions_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
        ]
      }
      subscriptions: {
        Row: {
          cancelled_at: string | null
          organisation_id: string
          period: unknown
          plan_id: string
        }
        Insert: {
          cancelled_at?: string | null
          organisation_id: string
          period: unknown
          plan_id: string
        }
        Update: {
          cancelled_at?: string | null
          organisation_id?: string
          period?: unknown
          plan_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "subscriptions_organisation_id_fkey"
            columns: ["organisation_id"]
            isOneToOne: true
            referencedRelation: "organisation_overview"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "subscriptions_organisation_id_fkey"
            columns: ["organisation_id"]
            isOneToOne: true
            referencedRelation: "organisations"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "subscriptions_plan_id_fkey"
            columns: ["plan_id"]
            isOneToOne: false
            referencedRelation: "plans"
            referencedColumns: ["id"]
          },
        ]
      }
      tags: {
        Row: {
          colour: string
          id: number
          name: string
          organisation_id: string
        }
        Insert: {
          colour?: string
          id?: never
          name: string
          organisation_id: string
        }
        Update: {
          colour?: string
          id?: never
          name?: string
          organisation_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "tags_organisation_id_fkey"
            columns: ["organisation_id"]
            isOneToOne: false
            referencedRelation: "organisation_overview"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "tags_organisation_id_fkey"
            columns: ["organisation_id"]
            isOneToOne: false
            referencedRelation: "organisations"
            referencedColumns: ["id"]
          },
        ]
      }
      usage_counters: {
        Row: {
          amount: number
          metric: Database["public"]["Enums"]["usage_metric"]
          month: string
          organisation_id: string
        }
        Insert: {
          amount?: number
          metric: Database["public"]["Enums"]["usage_metric"]
          month: string
          organisation_id: string
        }
        Update: {
          amount?: number
          metric?: Database["public"]["Enums"]["usage_metric"]
          month?: string
          organisation_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "usage_counters_organisation_id_fkey"
            columns: ["organisation_id"]
            isOneToOne: false
            referencedRelation: "organisation_overview"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "usage_counters_organisation_id_fkey"
            columns: ["organisation_id"]
            isOneToOne: false
            referencedRelation: "organisations"
            referencedColumns: ["id"]
          },
        ]
      }
    }
    Views: {
      organisation_overview: {
        Row: {
          apps: string[] | null
          documents: number | null
          id: string | null
          kind: Database["public"]["Enums"]["organisation_kind"] | null
          last_change: string | null
          members: number | null
          name: string | null
          plan_id: string | null
          published: number | null
          slug: string | null
        }
        Relationships: []
      }
    }
    Functions: {
      accept_invitation: { Args: { token: string }; Returns: string }
      create_invitation: {
        Args: {
          email: string
          organisation_id: string
          role?: Database["public"]["Enums"]["member_role"]
        }
        Returns: string
      }
      document_path: {
        Args: { document_id: string }
        Returns: {
          depth: number
          id: string
          title: string
        }[]
      }
      mark_all_read: { Args: { before?: string }; Returns: number }
      search_documents: {
        Args: { most?: number; query: string }
        Returns: Database["public"]["CompositeTypes"]["search_result"][]
        SetofOptions: {
          from: "*"
          to: "search_result"
          isOneToOne: false
          isSetofReturn: true
        }
      }
    }
    Enums: {
      app_state: "preview" | "live" | "retired"
      audit_action: "insert" | "update" | "delete"
      document_status: "draft" | "in_review" | "published" | "archived"
      invitation_state: "open" | "accepted" | "revoked"
      member_role: "guest" | "viewer" | "editor" | "admin" | "owner"
      notification_kind: "mention" | "reply" | "comment" | "invitation"
      organisation_kind: "studio" | "school" | "cooperative" | "nonprofit"
      reaction_kind: "agree" | "celebrate" | "question" | "thanks"
      usage_metric: "documents_created" | "bytes_stored" | "function_calls"
    }
    CompositeTypes: {
      search_result: {
        document_id: string | null
        title: string | null
        excerpt: string | null
        rank: number | null
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
      app_state: ["preview", "live", "retired"],
      audit_action: ["insert", "update", "delete"],
      document_status: ["draft", "in_review", "published", "archived"],
      invitation_state: ["open", "accepted", "revoked"],
      member_role: ["guest", "viewer", "editor", "admin", "owner"],
      notification_kind: ["mention", "reply", "comment", "invitation"],
      organisation_kind: ["studio", "school", "cooperative", "nonprofit"],
      reaction_kind: ["agree", "celebrate", "question", "thanks"],
      usage_metric: ["documents_created", "bytes_stored", "function_calls"],
    },
  },
} as const

