using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Flashback.Provider;

/// <summary>Answers in JSON; refusals as <c>{"error": {"code": …, "message": …}}</c>.</summary>
internal static class HttpAnswers
{
    public static Task RefuseAsync(HttpContext context, int status, string code, string reason) =>
        WriteAsync(context, status, new JsonObject { ["error"] = new JsonObject { ["code"] = code, ["message"] = reason } });

    public static Task WriteAsync(HttpContext context, int status, JsonObject answer)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(answer.ToJsonString(), context.RequestAborted);
    }
}
