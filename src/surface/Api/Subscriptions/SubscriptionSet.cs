namespace Flashback.Api.Subscriptions;

public sealed class SubscriptionSet;
