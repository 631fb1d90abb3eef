/** What is used of Swagger UI. */
declare module "swagger-ui-dist/swagger-ui-es-bundle.js" {
  export default function SwaggerUI(options: {
    readonly url: string;
    readonly dom_id: string;
    readonly deepLinking: boolean;
    /** Null: nobody else is asked whether the document is right. */
    readonly validatorUrl: null;
    readonly defaultModelsExpandDepth: number;
  }): void;
}
